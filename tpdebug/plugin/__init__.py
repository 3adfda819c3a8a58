"""What the pytest plugin does: settings, items, checks, a fixture, coverage of rules."""
