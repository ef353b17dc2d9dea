using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using VectorDb.Vectors;

namespace VectorDb.Rest;

/// <summary>Answers what the store refuses, as problem details (RFC 9457).</summary>
internal sealed class VectorProblems(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail) = exception switch
        {
            VectorException { Problem: VectorProblem.NotFound } => (StatusCodes.Status404NotFound, exception.Message),
            VectorException { Problem: VectorProblem.Conflict } => (StatusCodes.Status409Conflict, exception.Message),
            VectorException { Problem: VectorProblem.DiskFull } => (StatusCodes.Status507InsufficientStorage, exception.Message),
            VectorException => (StatusCodes.Status400BadRequest, exception.Message),
            BadHttpRequestException { InnerException: JsonException e } =>
                (StatusCodes.Status400BadRequest, $"The body is not the expected JSON: line {e.LineNumber + 1}, {e.Path ?? "$"}."),
            BadHttpRequestException e => (e.StatusCode, null),
            _ => (0, null),
        };
        if (status == 0)
        {
            return false;
        }

        httpContext.Response.StatusCode = status;
        var answer = new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = { Status = status, Detail = detail } };
        return await problems.TryWriteAsync(answer);
    }
}
