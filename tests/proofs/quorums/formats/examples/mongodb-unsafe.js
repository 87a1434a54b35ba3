// A primary, a secondary and an arbiter, as mongosh prints rs.conf(): the implicit default is w: 1.
{
  _id: 'rs0',
  version: 2,
  term: 5,
  members: [
    {
      _id: 0,
      host: 'mongo1:27017',
      arbiterOnly: false,
      priority: 1,
      secondaryDelaySecs: Long('0'),
      votes: 1
    },
    {
      _id: 1,
      host: 'mongo2:27017',
      arbiterOnly: false,
      priority: 1,
      secondaryDelaySecs: Long('0'),
      votes: 1
    },
    {
      _id: 2,
      host: 'mongo3:27017',
      arbiterOnly: true,
      priority: 0,
      secondaryDelaySecs: Long('0'),
      votes: 1
    }
  ],
  protocolVersion: Long('1'),
  writeConcernMajorityJournalDefault: true,
  settings: {
    chainingAllowed: true,
    replicaSetId: ObjectId('63f4c9e7a3b1c2d4e5f60718')
  }
}
