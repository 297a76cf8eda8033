"""What a pack must survive before anyone is judged by it: examples, mutations, coverage, difference."""
