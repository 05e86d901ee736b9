import ArgumentParser

/// `repro cache`: the store and what is in it.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Inspect, verify and collect the cache.",
    subcommands: [
      CacheLsCommand.self, CacheShowCommand.self, CacheVerifyCommand.self, CacheGcCommand.self,
      CacheDuCommand.self,
    ])
}
