import ArgumentParser

/// `repro cache`: the store and what is in it.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Inspect, verify, pin and collect the cache.",
    subcommands: [
      CacheLsCommand.self, CacheShowCommand.self, CacheWhyCommand.self, CacheVerifyCommand.self,
      CacheGcCommand.self, CacheDuCommand.self, CachePinCommand.self, CacheUnpinCommand.self,
      CachePinsCommand.self,
    ])
}
