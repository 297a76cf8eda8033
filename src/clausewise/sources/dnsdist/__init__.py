"""Query logs of the dnsdist load balancer."""
