"""Ready targets: implementations that scripts can be run against."""
