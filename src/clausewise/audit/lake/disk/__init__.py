"""How the lake's files reach the disk so that they are there after a power cut, and who may change them when."""
