"""What speed costs here and elsewhere, measured side by side: `python -m benchmarks`."""
