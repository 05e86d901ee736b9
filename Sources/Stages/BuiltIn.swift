public import Engine

extension KindRegistry {
  /// The stage kinds that come with repro, in the order in which a pipeline meets them.
  public static let builtIn = KindRegistry([
    FetchStage.self, IDXDataSetStage.self, CSVDataSetStage.self, LabelNoiseStage.self,
    SplitStage.self, PretrainStage.self, ChooseEpochStage.self, PosteriorStage.self,
    EstimateTransitionStage.self, ReviseTransitionStage.self, FineTuneStage.self,
    EvaluateStage.self,
  ])
}
