"""PostgreSQL, Redis and our own processes under one supervisor: what `manage.py up` starts."""
