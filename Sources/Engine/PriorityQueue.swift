/// A binary heap: gives back what comes first in the order of `precedes`.
struct PriorityQueue<Element: Sendable>: Sendable {
  private var items: [Element] = []
  private let precedes: @Sendable (Element, Element) -> Bool

  init(_ precedes: @escaping @Sendable (Element, Element) -> Bool) { self.precedes = precedes }

  var isEmpty: Bool { items.isEmpty }
  var first: Element? { items.first }

  mutating func insert(_ item: Element) {
    items.append(item)
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard precedes(items[child], items[parent]) else { return }
      items.swapAt(child, parent)
      child = parent
    }
  }

  mutating func popFirst() -> Element? {
    guard let last = items.popLast() else { return nil }
    guard let first = items.first else { return last }
    items[0] = last
    var parent = 0
    while true {
      var next = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < items.count && precedes(items[child], items[next]) {
        next = child
      }
      guard next != parent else { return first }
      items.swapAt(parent, next)
      parent = next
    }
  }
}
