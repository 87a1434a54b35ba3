// three members, one after the other
rs.initiate({_id: "rs0", members: [{_id: 0, host: "db1:27017"}]})
rs.add("db2:27017")
rs.add({host: "db3:27017", priority: 0.5})
