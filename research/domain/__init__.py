"""Pure computing about surveys: questions and answers, sealing, batches, statistics."""
