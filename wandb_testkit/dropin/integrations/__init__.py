"""The callbacks and plots that wandb brings for other libraries: `wandb.integration` of 0.31.0.

Each library is imported when somebody imports the names that need it. A callback's class is made then: it has the
library's own base class, by which the library knows it, and behaves as a class here says.
Source: observed with 0.31.0 (docs/integrations.md).
"""
