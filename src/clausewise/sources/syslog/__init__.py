"""System logs of Linux hosts: sign-ins, special rights, USB drives."""
