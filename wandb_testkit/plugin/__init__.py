"""What the pytest plugin does once a run asks for it; `wandb_testkit.pytest_plugin` is the door."""
