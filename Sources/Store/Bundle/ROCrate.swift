import Documents

/// What archives such as Zenodo read: an RO-Crate 1.1 (https://w3id.org/ro/crate/1.1), metadata about
/// a folder of files as JSON-LD.
///
/// All of it follows from the manifest. The crate is not published when it is made, and a date would
/// make two exports of one run differ: the date that has to be there is that of the files in the archive.
enum ROCrate {
  static let name = "ro-crate-metadata.json"

  static func bytes(for manifest: BundleManifest) -> [UInt8] {
    let context: Value = [
      "https://w3id.org/ro/crate/1.1/context", ["sha256": "http://schema.org/sha256"],
    ]
    let graph = [descriptor, root(manifest), manifestFile] + manifest.objects.map(file)
    let document: Value = ["@context": context, "@graph": .list(graph)]
    return Array(document.json(pretty: true).utf8)
  }

  private static let descriptor: Value = [
    "@id": .string(name), "@type": "CreativeWork",
    "conformsTo": ["@id": "https://w3id.org/ro/crate/1.1"], "about": ["@id": "./"],
  ]

  private static let manifestFile: Value = [
    "@id": .string(RunBundle.manifestName), "@type": "File", "name": "manifest",
    "encodingFormat": "application/json",
    "description": "the run, the digests of its results, and every object with its SHA-256",
  ]

  private static func root(_ manifest: BundleManifest) -> Value {
    let parts = [RunBundle.manifestName] + manifest.objects.map { RunBundle.name(of: $0) }
    return [
      "@id": "./", "@type": "Dataset", "name": .string("\(manifest.name), run \(manifest.run)"),
      "description": .string(
        "A run of \(manifest.stages.count) stages with all that is needed to execute it again and to "
          + "compare every bit: 'repro import' the archive, then 'repro rerun \(manifest.run)'."),
      "datePublished": "1970-01-01", "identifier": .string(manifest.run.description),
      "license": "Not stated: ask whoever published the archive.",
      "hasPart": .list(parts.map { ["@id": .string($0)] }),
    ]
  }

  private static func file(_ object: BundleManifest.Object) -> Value {
    [
      "@id": .string(RunBundle.name(of: object)), "@type": "File", "name": .string(object.path),
      "contentSize": .string(String(object.content.size)),
      "sha256": .string(object.content.sha256.description),
    ]
  }
}
