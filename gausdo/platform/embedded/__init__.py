"""The real servers Gausdo runs itself when it is given no others."""
