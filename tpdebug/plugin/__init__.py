"""What the pytest plugin does: items and checks, a fixture, coverage of rules."""
