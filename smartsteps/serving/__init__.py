"""The ASGI servers behind `manage.py serve`."""
