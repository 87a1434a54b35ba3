"""Round robin as an HTTP reverse proxy: the balancer of `assay.impl.round_robin` between clients and backends."""
