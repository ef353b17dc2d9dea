namespace PortGen.Tests.VectorDb;

[CollectionDefinition(nameof(SharedAppCollection))]
public sealed class SharedAppCollection : ICollectionFixture<SharedApp>;
