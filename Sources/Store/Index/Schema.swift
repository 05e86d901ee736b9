import GRDB

/// The tables of the index. `STRICT`: a value of another type is damage and not a surprise.
enum Schema {
  static func create(_ db: Database) throws {
    try db.execute(sql: objects + documents + references + sources)
  }

  private static let objects = """
    CREATE TABLE object (
      digest BLOB PRIMARY KEY NOT NULL,
      sha256 BLOB NOT NULL,
      size INTEGER NOT NULL,
      kind TEXT NOT NULL,
      modified INTEGER NOT NULL,
      changed INTEGER NOT NULL,
      inode INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  private static let documents = """
    -- The files in records/, byte for byte: a look-up of a thousand results opens none of them.
    CREATE TABLE document (
      id INTEGER PRIMARY KEY,
      digest BLOB NOT NULL UNIQUE,
      bytes BLOB NOT NULL
    ) STRICT;
    -- All that a listing or a collection asks of a result, so that neither reads documents.
    CREATE TABLE result (
      key BLOB PRIMARY KEY NOT NULL,
      document BLOB NOT NULL,
      preimage BLOB NOT NULL,
      kind TEXT NOT NULL,
      stage TEXT NOT NULL,
      made REAL NOT NULL,
      seconds REAL NOT NULL,
      size INTEGER NOT NULL,
      evicted INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX result_preimage ON result (preimage);
    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      hash BLOB NOT NULL UNIQUE,
      document BLOB NOT NULL,
      name TEXT NOT NULL,
      stages INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE execution (
      id INTEGER PRIMARY KEY,
      run BLOB NOT NULL,
      started REAL NOT NULL,
      seconds REAL NOT NULL,
      -- Of a re-execution: 1 if all came out the same to the last bit, 2 if as the stages declare, else 0. 3 if the
      -- run was not executed, but came in a bundle.
      same INTEGER,
      document BLOB NOT NULL UNIQUE
    ) STRICT;
    CREATE INDEX execution_run ON execution (run);
    CREATE TABLE answer (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      request BLOB NOT NULL UNIQUE,
      run BLOB NOT NULL,
      digest BLOB NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;
    CREATE INDEX answer_run ON answer (run);
    CREATE TABLE pin (
      name TEXT PRIMARY KEY NOT NULL,
      document BLOB NOT NULL,
      target TEXT NOT NULL,
      digest BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE label (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      key BLOB NOT NULL,
      UNIQUE (name, key)
    ) STRICT;
    CREATE INDEX label_key ON label (key);
    """

  /// What files and folders outside the store were when they were read: see ``Appearance``.
  private static let sources = """
    CREATE TABLE source (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      device INTEGER NOT NULL,
      inode INTEGER NOT NULL,
      listing BLOB NOT NULL,
      digest BLOB NOT NULL,
      sha256 BLOB NOT NULL,
      size INTEGER NOT NULL,
      kind TEXT NOT NULL,
      UNIQUE (device, inode)
    ) STRICT;
    """

  /// Who needs what, in both directions. A tree has its entries here as soon as something recorded
  /// leads to it.
  private static let references = """
    -- What an evicted result gave up stays here, to say where it came from; it is not kept.
    CREATE TABLE result_object (
      key BLOB NOT NULL, object BLOB NOT NULL, kept INTEGER NOT NULL, PRIMARY KEY (key, object)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX result_object_object ON result_object (object, key, kept);
    CREATE TABLE result_input (
      key BLOB NOT NULL, object BLOB NOT NULL, PRIMARY KEY (key, object)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX result_input_object ON result_input (object, key);
    CREATE TABLE tree_entry (
      tree BLOB NOT NULL, object BLOB NOT NULL, PRIMARY KEY (tree, object)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tree_entry_object ON tree_entry (object, tree);
    CREATE TABLE run_result (
      run INTEGER NOT NULL, key BLOB NOT NULL, PRIMARY KEY (run, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX run_result_key ON run_result (key, run);
    CREATE TABLE run_object (
      run INTEGER NOT NULL, object BLOB NOT NULL, PRIMARY KEY (run, object)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX run_object_object ON run_object (object, run);
    """
}
