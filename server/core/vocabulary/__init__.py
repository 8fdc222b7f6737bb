"""The words memory and recall share: attribute keys, ties between people, typed questions."""
