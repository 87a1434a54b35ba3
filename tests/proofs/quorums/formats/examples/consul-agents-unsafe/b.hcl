node_name = "b"
server = true
# bootstrap_expect = 3
bootstrap_expect = 1
