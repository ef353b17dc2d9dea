using Microsoft.AspNetCore.Mvc;

namespace PortGen.WebProbe;

/// <summary>A controller, found in the entry assembly.</summary>
[ApiController]
[Route("controller")]
public sealed class WordController : ControllerBase
{
    /// <summary>A word.</summary>
    [HttpGet("{id:regex(^[[a-z]]+$)}")]
    public string Get(string id) => "controller " + id;
}
