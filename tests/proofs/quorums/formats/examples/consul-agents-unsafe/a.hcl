node_name = "a"
server = true
bootstrap_expect = 1
