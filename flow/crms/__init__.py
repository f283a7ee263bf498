"""What the command line does with connected CRMs."""
