"""What the command line tools share: common options, the connection, output, prompts and exit codes."""
