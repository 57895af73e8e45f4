"""The TypeScript kernel of Estimand, as Jupyter starts it: `python -m estimand_kernel CONNECTION_FILE`."""
