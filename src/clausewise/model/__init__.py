"""The nouns everyone shares: clause, norm, question, judgement, finding. Standard library only."""
