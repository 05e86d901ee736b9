public import Engine

extension KindRegistry {
  /// The stage kinds that come with repro, in the order in which a pipeline meets them.
  public static let builtIn = KindRegistry([
    FetchStage.self, IDXDataSetStage.self, CIFARDataSetStage.self, CSVDataSetStage.self,
    LabelNoiseStage.self, HumanLabelsStage.self, SplitStage.self, PretrainStage.self,
    TrainStage.self, ChooseEpochStage.self, PosteriorStage.self, PosteriorsStage.self,
    EstimateTransitionStage.self, ReviseTransitionStage.self, FineTuneStage.self,
    EvaluateStage.self, CleanFirstStage.self, VerdictStage.self,
  ])
}
