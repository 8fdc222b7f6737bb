"""The small words of languages: they divide phrases, and tell which language a text is in."""

from collections.abc import Mapping

STOP_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": """
            a about above after again against all also although am among an and another any are aren't around as
            at be because been before being below between both but by can can't cannot could couldn't did didn't
            do does doesn't doing don't down during each either else enough ever every few for from further get
            gets getting go goes going got had hadn't has hasn't have haven't having he he'd he'll he's her here
            here's hers herself him himself his how however i i'd i'll i'm i've if in into is isn't it it's its
            itself just last let let's like made make makes many may me might more most much must my myself
            neither never next no nor not now of off often oh ok on once one only onto or other others ought our
            ours ourselves out over own per perhaps quite rather really said same say says see seems shall she
            she'd she'll she's should shouldn't since so some something still such than that that's the their
            theirs them themselves then there there's therefore these they they'd they'll they're they've thing
            things this those though through thus to too toward two under until up upon us use used uses using
            very via was wasn't way we we'd we'll we're we've well were weren't what what's when where whether
            which while who whom whose why will with within without won't would wouldn't yeah yes yet you you'd
            you'll you're you've your yours yourself yourselves
        """,
        "de": """
            ab aber alle allem allen aller alles als also am an andere anderen anderer anders auch auf aus bei
            beide beim bereits bin bis bist da dabei dadurch dafür dagegen daher damit danach dann daran darauf
            daraus darf darin darum darüber das dass davon davor dazu dein deine deinem deinen deiner dem den
            denen denn dennoch der deren des dessen die dies diese diesem diesen dieser dieses doch dort du
            durch dürfen eben ein eine einem einen einer eines einige einigen einmal er erst es etwa etwas euch
            euer für ganz gegen gibt habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre
            ihrem ihren ihrer im immer in indem ins ist ja jede jedem jeden jeder jedes jedoch jetzt kann kannst
            kein keine keinem keinen keiner können könnte machen man manche mehr mein meine meinem meinen meiner
            mich mir mit muss musste müssen nach nachdem nein nicht nichts noch nun nur ob oder ohne schon sehr
            sein seine seinem seinen seiner seit selbst sich sie sind so sogar solche soll sollen sollte sondern
            sonst soweit sowie über um und uns unser unsere unter viel viele vom von vor wann war waren warum
            was weg weil weiter welche welchem welchen welcher welches wenn wer werde werden wie wieder will wir
            wird wirst wo wollen worden wurde wurden während zu zum zur zwar zwischen
        """,
        "fr": """
            a afin ai ainsi alors après as au aucun aucune aujourd'hui auquel aussi autre autres aux avant avec
            avez avoir avons c'est car ce ceci cela celle celles celui cependant ces cet cette ceux chaque chez
            ci comme comment contre d'un d'une dans de depuis des deux devant doit donc dont du elle elles en
            encore entre es est et étaient était été être eu eux fait faire fois font furent fut hors il ils
            j'ai je jusqu'à l'on la le les leur leurs lors lorsque lui là ma mais me mes moi moins mon même
            mêmes n'a n'est ne ni nos notre nous on ont or ou où par parce pas pendant peu peut peuvent plus
            plusieurs pour pourquoi puis qu'il qu'on qu'un quand que quel quelle quelles quelque quelques quels
            qui quoi s'est s'il sa sans se selon sera seront ses si sien soit son sont sous suis sur ta te tel
            telle tes toi ton toujours tous tout toute toutes très tu un une vers voici vos votre vous y à
        """,
        "es": """
            a además al algo algunas algunos ante antes aquel aquella aquí así aun aunque bajo bien cada casi
            como con contra cual cuales cualquier cuando cuanto de del desde donde dos durante e el él ella
            ellas ellos en entre era eran eres es esa esas ese eso esos esta está estaba están estas este esto
            estos fue fueron ha había han hasta hay hacer hace he la las le les lo los luego más me mi mientras
            mis misma mismo mucho muy nada ni no nos nosotros nuestra nuestro o os otra otras otro otros para
            pero poco por porque pues puede pueden que qué quien quienes se sea según ser si sí sido siempre sin
            sino sobre son soy su sus también tan tanto te tener tenía ti tiene tienen toda todas todavía todo
            todos tras tu tus un una unas uno unos usted ustedes y ya yo
        """,
        "it": """
            a abbiamo ad ai al alcune alcuni all alla alle allo anche ancora avere aveva avevano che chi ci ciò
            cioè col come con contro cosa così cui da dagli dai dal dalla dalle degli dei del dell della delle
            dello dentro di dopo dove due e ed egli era erano essere fa fare fino fra fu furono già gli ha hai
            hanno ho i il in infatti io la le lei li lo loro lui ma me mentre mi mia mio molto ne negli nei nel
            nell nella nelle nello noi non nostra nostro o ogni oltre oppure per perché però più poi può qua
            quale quali quando quanto quasi quella quelle quelli quello questa queste questi questo qui quindi
            se sei senza si sia siamo sono sopra sotto sta stata stati stato su sua subito sue sugli sul sulla
            sulle suo suoi tra tu tutta tutte tutti tutto un una uno va vi voi
        """,
        "pt": """
            a à ainda além algo alguns algumas ante antes ao aos apenas após aquela aquele aquilo as às até cada
            com como contra cuja cujo da dar das de dela dele deles depois desde dessa desse desta deste do dois
            dos durante e é ela elas ele eles em embora enquanto entre era eram essa essas esse esses esta está
            estão estas este estes eu foi foram fazer há isso isto já lhe lhes lo mais mas me mesma mesmo meu
            meus minha muito muitos na nada nas nem nenhum nessa nesta neste no nos nós nossa nosso não num numa
            o onde os ou outra outras outro outros para pela pelas pelo pelos per pode podem pois por porque
            porém quais qual qualquer quando quanto que quem se seja sem sempre sendo ser será seu seus si sido
            sob sobre sua suas são também tão te tem têm ter teu toda todas todo todos tu um uma umas uns você
            vocês
        """,
        "nl": """
            aan achter al alle alleen alles als altijd ander andere anders bij binnen boven daar daarom dan dat
            de deze die dit doch doen door dus een eens elk elke en enkele er erg geen geweest haar had hadden
            heb hebben heeft heel hem hen het hier hij hoe hun iemand iets ik in is ja je jij jou jouw jullie
            kan kon kunnen maar me meer men met mij mijn moest moet moeten mogen na naar naast niet niets nog nu
            of om omdat onder ons onze ook op over reeds sinds sommige te tegen ten ter terwijl toch toen tot
            tussen uit uw van vanaf veel voor waar waarom wanneer want waren was wat we wel welke werd werden
            wie wij wil worden wordt zal ze zei zelf zich zij zijn zo zoals zonder zou zouden
        """,
        "sv": """
            alla allt andra att av bara blev bli blir dem den denna deras dess dessa det detta dig din dock du
            där då efter eller en enligt er ett från få får för genom gör ha hade han hans har hennes här hon
            hos hur i icke igen in inget innan inom inte jag ju kan kunde man mellan men mer mig min mot mycket
            ni nu när något några och också om oss på redan samma samt sedan sig sin sina sitt själv skulle ska
            som så såsom till under upp ut utan vad var vara varför varit vi vid vilka vilken vill vår våra är
            än ännu även över
        """,
        "da": """
            af alle alt anden at blev blive bliver da de dem den denne der deres det dette dig din disse dog du
            efter eller en end er et for fra få får gennem gør ham han hans har havde hende hendes her hos hun
            hvad hvem hver hvilken hvis hvor hvordan hvorfor i ikke ind ingen intet jeg jer jo kan kun kunne man
            mange med meget mellem men mere mig min mod ned noget nogle nok nu når og også om op os over på
            samme selv ses sig sin skal skulle som sådan så til ud uden under var ved vi vil ville vor være
            været
        """,
        "pl": """
            a aby ale albo bardzo bez bo być był była było były cały ci co czy czyli dla do gdy gdyż gdzie go i
            ich ile im inne inny innych ja jak jako jakie je jednak jego jej jemu jest jestem jeszcze jeśli
            jeżeli już każdy kiedy kto która które którego której który których którzy lub ma mają mi mnie może
            można mój my na nad nam nas nasz nawet nich nie niego niej nim niż o od on ona one oni ono oraz po
            pod podczas ponieważ przed przez przy również są się sobie swoje ta tak także tam te tego tej ten
            też to tu ty tych tylko tym u w we wiele wszystko z za zawsze ze że
        """,
        "ru": """
            а без более больше был была были было быть в вам вас весь во вот все всего всех вы где да даже для
            до его ее если есть еще же за здесь и из или им их к как ко когда кто ли либо мне может можно мы на
            над надо наш не него нее нет ни них но ну о об однако он она они оно от очень по под после потому
            поэтому при про с сам со так также такой там те тем то того тоже той только том тот ты у уже хотя
            чего чей чем через что чтобы эта эти это этого этой этом этот я
        """,  # noqa: RUF001 - Cyrillic letters on purpose
    }.items()
}
EVERY_STOP_WORD = frozenset[str]().union(*STOP_WORDS.values())
