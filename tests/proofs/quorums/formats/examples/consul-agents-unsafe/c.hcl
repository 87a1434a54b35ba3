node_name = "c"
server = true
bootstrap_expect = 3
