using Microsoft.CodeAnalysis;

namespace PortGen.Benchmarks.Compiler;

/// <summary>The floor: finds the same attribute and emits nothing of it.</summary>
public sealed class EmptyGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
        context.SyntaxProvider.ForAttributeWithMetadataName(
            "PortGen.PortServiceAttribute", static (_, _) => true, static (c, _) => c.TargetSymbol.Name),
        static (_, _) => { });
}
