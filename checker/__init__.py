"""The model checker: the modelling language, the explorers, the reports and the command line."""
