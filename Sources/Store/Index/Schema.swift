import GRDB

/// The tables of the index. `STRICT`: a value of another type is damage and not a surprise.
enum Schema {
  static func create(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE object (
          digest BLOB PRIMARY KEY NOT NULL,
          sha256 BLOB NOT NULL,
          size INTEGER NOT NULL,
          kind TEXT NOT NULL,
          modified INTEGER NOT NULL,
          changed INTEGER NOT NULL,
          inode INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        -- The documents of results, runs and executions are files in records/.
        CREATE TABLE result (
          key BLOB PRIMARY KEY NOT NULL,
          document BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE run (
          id INTEGER PRIMARY KEY,
          hash BLOB NOT NULL UNIQUE,
          document BLOB NOT NULL
        ) STRICT;
        CREATE TABLE execution (
          id INTEGER PRIMARY KEY,
          run BLOB NOT NULL,
          started REAL NOT NULL,
          document BLOB NOT NULL UNIQUE
        ) STRICT;
        CREATE INDEX execution_run ON execution (run);
        CREATE TABLE label (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          name TEXT NOT NULL,
          key BLOB NOT NULL,
          UNIQUE (name, key)
        ) STRICT;
        CREATE INDEX label_key ON label (key);
        """)
  }
}
