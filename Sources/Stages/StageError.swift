import FoundationEssentials

/// What can go wrong inside the built-in stages.
enum StageError: Error, Equatable {
  case checksum(file: String, expected: String, found: String, source: String)
  case notInMirror(file: String, mirror: String)
  case badAddress(file: String, address: String)
  case download(file: String, address: String, reason: String)
  case missingCurl(file: String)
  case unreadable(String)
  case missingMetric(String, known: [String])
  case missingCheckpoint(epoch: Int)
  case noRows(metric: String)
  case needsTransition(loss: String)
  case transitionShape([Int], classes: Int)
  case posteriorShape([Int])
  case posteriorSize([Int], expected: [Int])
  case unknownTruth
  case noBatches(String)
  case labelArray(String, [Int])
  case modelMismatch(String)
  case labelColumn(Int, columns: Int)
  case columns(Int, shape: [Int])
  case badLabel(Double, row: Int)
  case noSuchPart(String)
  case noisyAlready
  case noImages([Int])
  case malformedState
  case missingKernels(String, available: [String])
}

extension StageError: LocalizedError {
  var errorDescription: String? {
    switch self {
    case .checksum(let file, let expected, let found, let source):
      "'\(file)' from \(source) has SHA-256 \(found), the pipeline says \(expected)"
    case .notInMirror(let file, let mirror): "the mirror '\(mirror)' has no '\(file)'"
    case .badAddress(let file, let address):
      "'\(file)': '\(address)' is no http, https or file address"
    case .download(let file, let address, let reason):
      "'\(file)' could not be fetched from \(address): \(reason)"
    case .missingCurl(let file): "'\(file)' could not be fetched: there is no program 'curl'"
    case .unreadable(let path): "'\(path)' cannot be read"
    case .missingMetric(let name, _): "the metrics have no '\(name)'"
    case .missingCheckpoint(let epoch): "there is no checkpoint of epoch \(epoch)"
    case .noRows(let metric): "no epoch has a value of '\(metric)'"
    case .needsTransition(let loss): "loss '\(loss)' needs the input 'transition'"
    case .transitionShape(let shape, let classes):
      "the transition matrix has shape \(shape), the data set \(classes) classes"
    case .posteriorShape(let shape): "a posterior has shape [samples, classes], this one \(shape)"
    case .posteriorSize(let shape, let expected):
      "the posterior has shape \(shape), the data set's training part \(expected)"
    case .unknownTruth: "the true labels of the data set are not known"
    case .noBatches(let name): "there is no file '\(name)'"
    case .labelArray(let type, let shape):
      "the labels are \(type) of shape \(shape), not a list of integers"
    case .modelMismatch(let text): text
    case .labelColumn(let column, let columns):
      "label column \(column), but the table has \(columns)"
    case .columns(let count, let shape):
      "a row has \(count) values beside the label, shape \(shape) needs \(shape.reduce(1, *))"
    case .badLabel(let label, let row):
      "row \(row): label \(label) is no whole number from 0 to 65535"
    case .noSuchPart(let part): "the data set has no part '\(part)'"
    case .noImages(let shape):
      "'augment' changes images, [channels, height, width]; the data set's samples have shape \(shape)"
    case .noisyAlready: "the data set's labels are noisy already"
    case .malformedState: "the kept state is not one of this stage"
    case .missingKernels(let name, _): "this machine has no '\(name)' kernels"
    }
  }

  var recoverySuggestion: String? {
    switch self {
    case .checksum:
      "if the new bytes are right, write their SHA-256 into the pipeline; if not, find another source"
    case .notInMirror: "put the file there under that name, or unset REPRO_MIRROR"
    case .badAddress: "write the whole address, such as https://example.org/data.gz"
    case .download: "try again, or set REPRO_MIRROR to a folder that has the file"
    case .missingCurl: "install curl, or set REPRO_MIRROR to a folder that has the file"
    case .unreadable, .noRows, .missingCheckpoint, .posteriorShape: nil
    case .missingMetric(let name, let known):
      name.hasPrefix("validation/")
        ? "add a 'split' stage before training; the metrics are \(known.joined(separator: ", "))"
        : "the metrics are \(known.joined(separator: ", "))"
    case .needsTransition: "add 'transition: estimate.transition', or use loss cross-entropy"
    case .transitionShape: "give the matrix that was estimated on this data set"
    case .posteriorSize: "give the posteriors of this data set's part 'train'"
    case .unknownTruth: "give the data set of a 'label-noise' or 'human-labels' stage"
    case .noBatches: "give cifar-10-binary.tar.gz, or a folder with the files that are in it"
    case .labelArray: "store one label a training sample, as numpy.save does with an integer array"
    case .modelMismatch: "give a checkpoint that was trained on this data set"
    case .labelColumn: "columns count from 0; -1 is the last"
    case .columns: "set 'shape' to [channels, height, width] of one sample"
    case .badLabel: "set 'label' to the column that holds the class"
    case .noSuchPart(let part):
      part == "validation" ? "add a 'split' stage before" : "the data set was made without it"
    case .noImages: "leave 'augment' out, or give the data set a 'shape' of three sizes"
    case .noisyAlready: "give the data set as it was before its 'label-noise' stage"
    case .malformedState: "compute the stage anew: repro run --force STAGE"
    case .missingKernels(_, let available):
      "unset REPRO_KERNELS, or use \(available.joined(separator: ", "))"
    }
  }
}
