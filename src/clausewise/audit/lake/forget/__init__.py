"""Forgetting on purpose: what is due is proposed by one person, confirmed by another, destroyed and certified."""
