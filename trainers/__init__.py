"""Training: tasks, the relaxed model, the loop, and lifting what was learned."""
