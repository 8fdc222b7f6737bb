"""What stands between the SDK and the network: the gate of read-only mode, recordings and their replay."""
