"""Steps from one schema to the next, a module each; `store/migrations.py` has their order."""
