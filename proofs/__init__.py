"""What is proved rather than explored: quorum systems, protocols of any size, theorems for every n."""
