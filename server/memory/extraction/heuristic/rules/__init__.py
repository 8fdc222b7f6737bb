"""The rules, one module a family; `registry` says which verbs each is asked about."""
