import Reports
import Testing

@Suite struct MarkupTests {
  @Test func `text is text, whatever it holds`() {
    let text = "<script>alert('x')</script> & \"\u{0}\u{202E}\u{1B}[31m"
    let html = Markup("p", ["id": "\" onload=\"x"], text).html
    #expect(
      html
        == "<p id=\"&quot; onload=&quot;x\">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;\u{FFFD}\u{FFFD}\u{FFFD}[31m</p>"
    )
  }

  @Test func `void elements have no end, attributes of nothing are left out`() {
    #expect(
      Markup("meta", ["charset": "utf-8", "content": nil]).html == "<meta charset=\"utf-8\">")
  }
}

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0.94, "0.9400"), (-0.00005, "-5e-5"), (0, "0"), (1.0 / 3, "0.3333"), (.nan, "NaN"),
    (.infinity, "∞"), (1234567.0, "1.23e6"), (Double.leastNonzeroMagnitude, "4.94e-324"),
    (-12.34567, "-12.3457"),
  ])
  func `figures are short and of one form`(value: Double, text: String) {
    #expect(NumberText.figure(value) == text)
  }

  @Test func `ticks carry no zeros at their end`() {
    #expect(
      [0.5, 20, -0.0, 0.25, 100].map { NumberText.trimmed($0, 3) } == [
        "0.5", "20", "0", "0.25", "100",
      ])
  }
}
