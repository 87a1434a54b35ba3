"""What two versions of a model claim: does what was claimed before follow from what is claimed now?"""
