"""The data model: vocabulary, tables and the store that reads and writes them."""
