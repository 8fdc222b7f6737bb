"""What an operator looks at: one screen a module."""
