"""What can be found out about a program: one module for each question."""
