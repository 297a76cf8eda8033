"""Plans a whole audit as relations: events joined to hosts, people and things as they were, judged by compiled norms."""
