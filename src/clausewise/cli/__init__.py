"""The commands a person types. Each file is one command, found by being here; only here are things wired."""
