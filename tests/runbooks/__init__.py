"""Each page is followed, command by command, in a deployment that is in the trouble that the page is about."""
