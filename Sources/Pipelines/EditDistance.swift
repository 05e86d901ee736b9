/// The name in `names` that `name` most likely was meant to be, or `nil` when none is near.
///
/// Near is one edit for every three characters, or one edit of a shorter name, but never half of
/// it. In dotted names only what is behind the last common dot counts, a name that lacks its
/// beginning (`rate` for `noise.rate`) or has too much of an end is near, and the first of equals
/// wins. Looks at the first 5,000 names.
package func closest(to name: String, in names: [String]) -> String? {
  let names = names.prefix(5_000)
  if let longer = names.first(where: { $0.hasSuffix(".\(name)") }) { return longer }
  if let shorter = names.first(where: { name.hasPrefix("\($0).") }) { return shorter }
  let parent = name.lastIndex(of: ".").map { name[...$0] } ?? ""
  let letters = name.dropFirst(parent.count).lowercased().unicodeScalars.prefix(100)
  var best: (name: String, distance: Int)?
  for candidate in names where candidate.hasPrefix(parent) {
    let other = candidate.dropFirst(parent.count).lowercased().unicodeScalars.prefix(100)
    let near = min(max(1, letters.count / 3), max(letters.count, other.count) / 2)
    let limit = min(near, (best?.distance ?? .max) - 1)
    if let distance = editDistance(Array(letters), Array(other), limit: limit) {
      best = (candidate, distance)
    }
  }
  return best?.name
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from `a` to `b`; `nil`
/// beyond `limit`.
///
/// The optimal string alignment distance, computed only within `limit` of the diagonal.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], limit: Int) -> Int? {
  guard limit >= 0, abs(a.count - b.count) <= limit else { return nil }
  let far = limit + 1
  var beforeLast = [Int](repeating: far, count: b.count + 1)
  var last = (0...b.count).map { min($0, far) }
  for i in 0..<a.count {
    var row = [Int](repeating: far, count: b.count + 1)
    row[0] = min(i + 1, far)
    let start = max(0, i - limit)
    for j in start..<max(start, min(b.count, i + limit + 1)) {
      var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        cost = min(cost, beforeLast[j - 1] + 1)
      }
      row[j + 1] = min(cost, far)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count] <= limit ? last[b.count] : nil
}
