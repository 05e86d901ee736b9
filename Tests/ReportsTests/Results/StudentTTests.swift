import Reports
import Testing

@Suite struct StudentTTests {
  /// Of SciPy 1.17: `2 * scipy.stats.t.sf(t, freedom)`.
  static let probabilities: [(freedom: Int, t: Double, p: Double)] = [
    (1, 0.1, 0.936548965138893), (1, 1, 0.5), (1, 2, 0.2951672353008665),
    (1, 20, 0.03180450251235275), (2, 0.1, 0.9294654384141402), (2, 1, 0.4226497308103742),
    (2, 5, 0.037749551350623724), (3, 2, 0.13932596855884305), (3, 20, 0.0002732032502473116),
    (4, 0.1, 0.9251558409394532), (4, 2, 0.11611652351681556), (5, 1, 0.3632174676491229),
    (9, 5, 0.0007389679098032426), (10, 20, 2.1460623172042523e-09),
    (30, 0.1, 0.9210096117902712), (30, 2, 0.054625044962983094),
    (30, 20, 6.7490836657712895e-19), (100, 5, 2.450173413503802e-06),
    (100, 20, 9.994267861337003e-37), (1001, 0.1, 0.9203643490025741),
    (1001, 2, 0.045770076553420296), (1001, 20, 3.9600054871897806e-75),
  ]

  /// Of the same: `scipy.stats.t.isf(alpha / 2, freedom)`.
  static let quantiles: [(freedom: Int, alpha: Double, t: Double)] = [
    (1, 0.05, 12.706204736174705), (1, 0.01, 63.65674116287158), (1, 0.5, 1),
    (2, 0.05, 4.302652729749464), (2, 0.01, 9.924843200918293), (2, 0.5, 0.8164965809277261),
    (3, 0.05, 3.1824463052837086), (4, 0.05, 2.7764451051977943),
    (9, 0.05, 2.2621571627982053), (10, 0.01, 3.1692726726169504),
    (29, 0.05, 2.045229642132704), (100, 0.05, 1.983971518523552),
    (100, 0.5, 0.6769510430114717),
  ]

  @Test(arguments: probabilities.indices)
  func `knows how likely a value is`(index: Int) {
    let (freedom, t, p) = Self.probabilities[index]
    #expect(abs(StudentT.twoSided(t, freedom: freedom) / p - 1) < 1e-11)
    #expect(StudentT.twoSided(-t, freedom: freedom) == StudentT.twoSided(t, freedom: freedom))
  }

  @Test(arguments: quantiles.indices)
  func `knows the value of a probability`(index: Int) {
    let (freedom, alpha, t) = Self.quantiles[index]
    #expect(abs(StudentT.quantile(twoSided: alpha, freedom: freedom) / t - 1) < 1e-11)
  }

  @Test func `at nothing all is likely, far away nothing`() {
    #expect(StudentT.twoSided(0, freedom: 3) == 1)
    #expect(StudentT.twoSided(.infinity, freedom: 3) == 0)
    #expect(StudentT.twoSided(.nan, freedom: 3).isNaN)
  }
}
